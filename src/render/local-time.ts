/** Times as bpftool prints them. */

/** strftime `%FT%T%z` in the local time zone, of seconds since the epoch: `2026-11-20T09:38:40+0000`. */
export function localTime(seconds: bigint): string {
  const time = new Date(Number(seconds) * 1000);
  const two = (value: number) => String(value).padStart(2, "0");
  const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
  const east = -time.getTimezoneOffset();
  const minutes = Math.abs(east);
  return `${date}T${clock}${east < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}${two(minutes % 60)}`;
}
