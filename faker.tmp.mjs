import { createGeneratorSync } from 'json-schema-faker';
import { createInterface } from 'node:readline';
for await (const line of createInterface({ input: process.stdin })) {
  const { id, schema } = JSON.parse(line);
  try { const g = createGeneratorSync({ seed: 42 }); process.stdout.write(JSON.stringify({ id, values: Array.from({ length: 20 }, () => g.generate(schema)) }) + '\n'); }
  catch (e) { process.stdout.write(JSON.stringify({ id, refused: String(e) }) + '\n'); }
}
