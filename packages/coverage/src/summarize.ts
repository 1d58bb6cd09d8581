import {
  type Channel,
  type Counted,
  type ReleaseObject,
  type Summary,
  type Tally,
  type Verdict,
  projectProvenanceLevelV01,
  tally,
} from "@colophon/core";
import { latestOf, sinceAdoption } from "./order.ts";

/** One object with its verdict and whether an exemption covers it. */
export interface Judged {
  readonly object: ReleaseObject;
  readonly verdict: Verdict;
  readonly exempt: boolean;
}

export function summarize(judged: readonly Judged[], prereleases: boolean): Summary {
  const objects = judged.map(({ object }) => object);
  const verified = new Set(
    judged.filter(({ verdict }) => verdict.status === "verified").map(({ object }) => object.id),
  );
  const latest = latestOf(objects, prereleases);
  const adopted = sinceAdoption(objects, (id) => verified.has(id));
  const channels = [...new Set(objects.flatMap((object) => object.channels))].toSorted();
  const inChannel = (channel: Channel): Tally =>
    tallyOf(judged.filter(({ object }) => object.channels.includes(channel)));
  return {
    ...tallyOf(judged),
    channels: Object.fromEntries(channels.map((channel) => [channel, inChannel(channel)])),
    latest: tallyOf(judged.filter(({ object }) => latest.has(object.id))),
    sinceAdoption: tallyOf(judged.filter(({ object }) => adopted.has(object.id))),
    slsa: { "v0.1": { provenance: projectProvenanceLevelV01(judged.map(({ verdict }) => verdict)) } },
  };
}

function tallyOf(judged: readonly Judged[]): Tally {
  return tally(judged.map(({ verdict, exempt }): Counted => ({ status: verdict.status, exempt })));
}
