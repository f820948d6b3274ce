// node run.mjs FILE CASE URL OUTPUT: runs one case of FILE.mjs. Silence is success; the output folder gets the pictures.
const [, , file, name, url, output] = process.argv;
const { cases } = await import(`./${file}.mjs`);
if (!cases[name]) throw new Error(`${file} has no case "${name}"`);
await cases[name]({ url, output });
