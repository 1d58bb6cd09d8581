#!/usr/bin/env node
// An older Node.js lacks what is used everywhere, and would end in an error that blames Colophon.
if (Number.parseInt(process.versions.node, 10) < 22) {
  process.stderr.write(
    `colophon-container-push: Node.js ${process.versions.node} is too old\n  → Use Node.js 22.22.2 or newer.\n`,
  );
  process.exitCode = 2;
} else {
  await import("../dist/main.js");
}
