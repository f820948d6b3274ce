namespace CodexClaudeProxy.Tests.Accounts;

/// <summary>Account files as the original writes them.</summary>
internal static class OriginalFiles
{
    /// <summary>One imported account with a quota, one from the command line with a refresh token only; with members we do not know at every level.</summary>
    public const string TwoAccounts = """
        {
          "accounts": [
            {
              "email": "zoë@example.com",
              "accountId": "acc-1",
              "planType": "plus",
              "accessToken": "opaque.access+token/1==",
              "refreshToken": "rt_<1>&'",
              "idToken": "opaque-id",
              "expiresAt": 1795390000123,
              "addedAt": "2026-10-01T10:00:00.000Z",
              "lastUsed": null,
              "source": "imported",
              "quota": {
                "usage": {
                  "totalTokenUsage": 37.4,
                  "limit": 100,
                  "remaining": 62.6,
                  "percentage": 37.4,
                  "resetAt": "2026-11-18T11:06:40.000Z",
                  "resetAfterSeconds": 4242,
                  "limitWindowSeconds": 18000,
                  "planType": "plus",
                  "limitReached": false,
                  "allowed": true,
                  "raw": {
                    "plan_type": "plus",
                    "rate_limit": {
                      "allowed": true,
                      "limit_reached": false,
                      "primary_window": {
                        "used_percent": 37.4,
                        "limit_window_seconds": 18000,
                        "reset_after_seconds": 4242,
                        "reset_at": 1795000000
                      },
                      "secondary_window": null
                    },
                    "big": 12345678901234567890,
                    "exact": 1.10
                  }
                },
                "account": {},
                "fetchedAt": "2026-11-18T09:56:00.000Z",
                "lastChecked": "2026-11-18T09:56:00.000Z"
              },
              "mystery": [
                1,
                {
                  "deep": "日本 ü €"
                },
                []
              ]
            },
            {
              "email": "cli@example.com",
              "accountId": "acc-2",
              "planType": "free",
              "refreshToken": "rt_2",
              "addedAt": "2026-10-02T10:00:00.000Z",
              "lastUsed": null
            }
          ],
          "activeAccount": "zoë@example.com",
          "version": 1,
          "futureKey": {
            "kept": true
          }
        }
        """;
}
