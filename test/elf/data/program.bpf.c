/* A BPF object with one of each: maps, data of every kind, externs, calls, subprograms. Needs no header. */
#define SEC(name) __attribute__((section(name)))
#define NOINLINE __attribute__((noinline))

static void *(*const lookup)(void *map, const void *key) = (void *)1;

struct context {
	unsigned int data;
	unsigned int data_end;
};

struct {
	int (*type)[1];
	int *key;
	long *value;
	int (*max_entries)[16];
} counts SEC(".maps");

struct {
	int (*type)[12];
	int *key;
	int (*max_entries)[1];
	void *values[];
} outer SEC(".maps") = { .values = { &counts } };

extern int CONFIG_HZ SEC(".kconfig") __attribute__((weak));
extern int kernel_function(int x) SEC(".ksyms");

const volatile int limit = 5;
int seed = 7;
static volatile long total;
long shared __attribute__((weak));

NOINLINE int score(int x)
{
	return x * seed;
}

static NOINLINE int add(int x)
{
	total += x;
	return x * 3 + CONFIG_HZ;
}

SEC("xdp") int guard(struct context *ctx)
{
	int key = limit;
	long *value = lookup(&counts, &key);

	if (value)
		*value += ctx->data;
	return score(key) + add(key);
}

SEC("xdp") int second(struct context *ctx)
{
	shared++;
	return lookup(&outer, &ctx->data_end) ? kernel_function(1) : 2;
}

__attribute__((visibility("hidden"))) SEC("tc") int hidden(struct context *ctx)
{
	return add(ctx->data);
}

char _license[] SEC("license") = "MIT";
