// size.mjs MAP BINARY: tables of the native compiler's map (what it wrote, by the library that it is of) and of the file's sections.
import { execFileSync } from 'node:child_process';
import { createReadStream, statSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [map, binary] = process.argv.slice(2);

// A generic of one library made for a type of another is there because of the latter: the first line that a name holds counts.
const libraries = [
  ['The program', /codex_claude_proxy/],
  ['The conversion', /CodexClaudeProxy_Protocol/],
  ['System.Text.Json', /System_Text_Json/],
  ['LINQ', /System_Linq/],
  ['HTTP/3, QUIC', /Http3|System_Net_Quic/],
  ['Kestrel', /Kestrel/],
  ['Routing', /AspNetCore_Routing/],
  ['ASP.NET, the rest', /AspNetCore/],
  ['Microsoft.Extensions', /Microsoft_Extensions/],
  ['System.CommandLine', /System_CommandLine/],
  ['DiffPlex', /DiffPlex/],
  ['BouncyCastle (minisign)', /BouncyCastle/],
  ['ZstdSharp', /ZstdSharp/],
  ['HTTP client', /System_Net_Http/],
  ['TLS', /System_Net_Security/],
  ['Cryptography', /Cryptography/],
  ['Sockets, names, the rest of System.Net', /System_Net_/],
  ['Regular expressions', /RegularExpressions/],
  ['XML', /Private_Xml/],
  ['Collections', /System_Collections|System_Private_CoreLib_System_Collections/],
  ['The base library', /S_P_CoreLib|System_Private/],
];
const columns = { MethodCode: 'code', GCInfo: 'code', MethodReadOnlyData: 'code', MethodExceptionHandlingInfo: 'code', ConstructedEEType: 'types', TypeGenericDictionary: 'types', MethodGenericDictionary: 'types' };
const whole = { ResourceData: 'Resources (the vocabulary, the page, notices)', Metadata: 'Names for messages and traces', DehydratedData: 'Type tables as they are packed in the file',
  ArrayOfFrozenObjects: 'Strings and constant objects', StackTraceMethodMapping: 'Names for traces, where they are', WritableData: 'Writable data' };

const byLibrary = new Map(), alone = new Map();
for await (const line of createInterface({ input: createReadStream(map) })) {
  const found = /^\s*<(\w+) Name="([^"]*)" Length="(\d+)"/.exec(line);
  if (!found) continue;
  const [, kind, name, length] = found;
  const column = columns[kind];
  if (column) {
    const library = libraries.find(([, mark]) => mark.test(name))?.[0] ?? 'Elsewhere';
    const row = byLibrary.get(library) ?? byLibrary.set(library, { code: 0, types: 0 }).get(library);
    row[column] += +length;
  } else {
    const what = whole[kind] ?? 'Other tables';
    alone.set(what, (alone.get(what) ?? 0) + +length);
  }
}

const kb = bytes => Math.round(bytes / 1000).toLocaleString('en-US').padStart(9);
const line = (name, ...numbers) => console.log(name.padEnd(46), ...numbers.map(kb));
console.log(`${'By library, in 1,000 bytes'.padEnd(46)}      code     types    total`);
for (const [name, { code, types }] of [...byLibrary].sort(([, a], [, b]) => b.code + b.types - a.code - a.types)) line(name, code, types, code + types);
console.log('\nOf no one library');
for (const [name, bytes] of [...alone].sort(([, a], [, b]) => b - a)) line(name, bytes);

// Types are unpacked at the start: in the file they are "type tables as they are packed", not their own size.
const named = { '.text': 'Native code: runtime, SQLite, brotli, zlib', __managedcode: 'Code', '.rodata': 'Constants, resources, packed types, tables', '.eh_frame': 'Unwinding', '.eh_frame_hdr': 'Unwinding, its index',
  '.dotnet_eh_table': 'Handlers of exceptions, roots of the collector', '.rela.dyn': 'Relocations', '.data': 'Writable data' };
const sections = execFileSync('readelf', ['-SW', binary], { encoding: 'utf8' }).matchAll(/\]\s+(\S+)\s+(\w+)\s+[0-9a-f]+\s+[0-9a-f]+\s+([0-9a-f]+)/g);
console.log('\nThe file, by section');
let rest = statSync(binary).size;
for (const [, name, type, size] of [...sections].filter(s => named[s[1]] && s[2] !== 'NOBITS').sort((a, b) => parseInt(b[3], 16) - parseInt(a[3], 16))) {
  rest -= parseInt(size, 16);
  line(`${name.padEnd(18)}${named[name]}`, parseInt(size, 16));
}
line('the rest', rest);
line('Together', statSync(binary).size);
