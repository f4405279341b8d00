/* Built without BTF: data sections alone, one of them of strings. */
#include "bpf.h"

static long (*const print)(const char *format, u32 size, ...) = (void *)6;

const volatile u32 limit = 0x01020304;
u16 seed = 7;
u64 total;
static volatile u8 calls[5];

SEC("socket") int counts(void *context)
{
	const char *text = limit > 3 ? "large" : "small";

	total += seed + calls[2];
	return print(text, 6) + total;
}

char _license[] SEC("license") = "GPL";
