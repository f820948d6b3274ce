# The static program, certificate authorities, and nothing else. scripts/image.sh puts the files together; see docs/CONTAINER.md.
FROM scratch
COPY ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --chown=65532:65532 data /data
COPY codex-claude-proxy /codex-claude-proxy

# Reachable from outside the container, so it starts only with an access key: CCP_API_KEY or CCP_API_KEY_FILE.
ENV CCP_HOST=0.0.0.0 \
    CCP_DATA_DIR=/data \
    HOME=/data \
    TMPDIR=/data/tmp
# A container has ten seconds from the order to stop until it is killed.
ENV CCP_DRAIN=7

USER 65532:65532
WORKDIR /data
VOLUME /data
EXPOSE 8081
HEALTHCHECK --interval=30s --timeout=10s --start-period=10s --retries=3 CMD ["/codex-claude-proxy", "health"]
ENTRYPOINT ["/codex-claude-proxy"]
