/** Times as bpftool prints them. */

let last = { time: Number.NaN, east: 0, text: "" };

/**
 * strftime `%FT%T%z` in the local time zone, of seconds since the epoch: `2026-11-20T09:38:40+0000`. What was loaded
 * together has one time: the last is kept.
 */
export function localTime(seconds: bigint): string {
  const time = Number(seconds) * 1000;
  const east = -new Date(time).getTimezoneOffset();
  if (time !== last.time || east !== last.east) last = { time, east, text: timeText(time, east) };
  return last.text;
}

/** `time` is in milliseconds, `east` how many minutes the zone is ahead of UTC. */
function timeText(time: number, east: number): string {
  const minutes = Math.abs(east);
  const clock = new Date(time + east * 60_000).toISOString().slice(0, "2026-11-20T09:38:40".length);
  const offset = String(100 * Math.floor(minutes / 60) + (minutes % 60)).padStart(4, "0");
  return `${clock}${east < 0 ? "-" : "+"}${offset}`;
}
