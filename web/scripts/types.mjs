// Writes the types of the API's requests and replies from the description that the server's own
// tests keep, so that a change of the API shows here as a type error.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";

const snapshot = new URL(
  "../../crates/api/tests/api/snapshots/api__openapi__the_description_is_what_was_agreed.snap",
  import.meta.url,
);
const text = readFileSync(snapshot, "utf8");
// The snapshot begins with a header between two lines of dashes.
const description = JSON.parse(text.slice(text.indexOf("\n---\n", 4) + 5));
// Operations are named by method and path here; their ids repeat.
for (const methods of Object.values(description.paths)) {
  for (const operation of Object.values(methods)) delete operation.operationId;
}
// The wire has DEVICE where the description has the name of the server's own type, Device.
const kinds = description.components.schemas.EntityType;
kinds.enum = kinds.enum.map((kind) => kind.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase());
const types = astToString(
  await openapiTS(description, {
    emptyObjectsUnknown: true,
    // A member with a default may be left out of a request.
    defaultNonNullable: false,
    alphabetize: true,
  }),
);
mkdirSync(new URL("../.generated/", import.meta.url), { recursive: true });
writeFileSync(new URL("../.generated/api.ts", import.meta.url), types);
