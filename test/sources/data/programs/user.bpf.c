/* One half of a program: library.bpf.c has the rest. */
#define SEC(name) __attribute__((section(name)))

extern int score(int x);
extern int base;
static int calls;

SEC("socket") int rate(void *ctx)
{
	calls++;
	return score(calls) + base;
}

char _license[] SEC("license") = "GPL";
