// Opens the output folder that it is given, writes a file, says so and waits to be ended.
import { openOutputFolder } from "@colophon/workspace";

const folder = await openOutputFolder(process.argv[2]);
await folder.write("plan.json", "{}");
process.stdout.write("open\n");
setInterval(() => undefined, 60_000);
