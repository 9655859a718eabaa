// Answers each line of input, a JSON text {trees, records, context}, with the values of every tree for every record.
import { createInterface } from "node:readline";
import { evaluate } from "../../../ui/src/expressions.js";

for await (const line of createInterface({ input: process.stdin })) {
  const { trees, records, context, subtrees, keys } = JSON.parse(line);
  const full = { ...context, subtree: (_entity, id) => subtrees[id] ?? [], find: (_entity, key) => keys[key] ?? null };
  const answers = records.map((record) => trees.map((tree) => evaluate(tree, record, full)));
  process.stdout.write(JSON.stringify(answers) + "\n");
}
