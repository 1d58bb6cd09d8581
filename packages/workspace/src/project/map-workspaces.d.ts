// The part that is used of npm's own library, which comes without types.
declare module "@npmcli/map-workspaces" {
  /** Package name to folder. Rejects for what npm would refuse. */
  export default function mapWorkspaces(options: {
    readonly cwd: string;
    readonly pkg: object;
  }): Promise<Map<string, string>>;
}
