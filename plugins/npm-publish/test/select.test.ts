import type { ProjectPackage } from "@colophon/config";
import { expect, test } from "vitest";
import { selectPackages, type Selection } from "../src/select.ts";

const CWD = "/project";
const at = (path: string, manifest: object): ProjectPackage => ({
  folder: path === "" ? CWD : `${CWD}/${path}`,
  path,
  manifest: manifest as ProjectPackage["manifest"],
});
const root = at("", { name: "root", version: "1.0.0" });
const a = at("packages/a", { name: "@acme/a", version: "1.0.0" });
const b = at("packages/b", { name: "@acme/b", version: "1.0.0", private: true });

type Wanted = Parameters<typeof selectPackages>[1];

function select(packages: Wanted["packages"], includeRoot = false, workspaces = [a, b]): Selection {
  return selectPackages({ root, workspaces }, { packages, includeRoot }, CWD);
}
const paths = ({ packages }: Selection): string[] => packages.map(({ path }) => path);

test("the package of this folder, all of the workspace, or those that are named by name or folder", () => {
  expect(paths(select("here"))).toEqual([""]);
  expect(paths(select("all"))).toEqual(["packages/a"]);
  expect(paths(select("all", true))).toEqual(["", "packages/a"]);
  expect(paths(select({ named: ["packages/a", "@acme/a", "root"] }))).toEqual(["packages/a", ""]);
});

test.each([
  ["package-private", { name: "x", version: "1.0.0", private: true }, "x is private, and not published"],
  ["package-unnamed", { version: "1.0.0" }, "packages/x has no name or no version, and is not published"],
  ["package-unnamed", { name: "x" }, "x has no name or no version, and is not published"],
])("leaves a package out and says so: %s", (code, manifest, message) => {
  const selection = select("all", false, [a, at("packages/x", manifest)]);
  expect(paths(selection)).toEqual(["packages/a"]);
  expect(selection.warnings).toEqual([{ code, message }]);
});

test("nothing to publish is an error that says why", () => {
  expect(() => select("all", false, [b])).toThrow("nothing is to be published: @acme/b is private, and not published");
  expect(() => selectPackages({ workspaces: [] }, { packages: "here", includeRoot: false }, CWD)).toThrow(
    "no package.json is here, and no workspace",
  );
  expect(() => select({ named: ["nowhere"] })).toThrow('"nowhere" is no package of this project');
});
