// Checks a bill of materials against the schema of CycloneDX: node sbom.mjs FILE
// Prints what is wrong, or nothing.
import Ajv from 'ajv';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const schemas = join(dirname(createRequire(import.meta.url).resolve('@cyclonedx/cyclonedx-library/package.json')), 'res', 'schema');
const schema = (name) => JSON.parse(readFileSync(join(schemas, `${name}.SNAPSHOT.schema.json`), 'utf8'));

const document = JSON.parse(readFileSync(process.argv[2], 'utf8'));
// Formats such as e-mail addresses are left unchecked: there are none in it.
const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
// They refer to each other by the names of the files, not by those they give themselves.
for (const name of ['spdx', 'jsf-0.82', 'cryptography-defs']) ajv.addSchema(schema(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
const validate = ajv.compile(schema(`bom-${document.specVersion}`));
if (!validate(document)) {
  console.log(JSON.stringify(validate.errors, null, 2));
  process.exit(1);
}
