/* Programs without BTF: in sections that mean something, or nothing, or that nobody has asked to load. */
#define SEC(name) __attribute__((section(name)))
#define NOINLINE __attribute__((noinline))

int hits = 3;
static int misses;

static NOINLINE int count(int *what)
{
	return ++*what;
}

SEC("somewhere/else") int unknown(void *ctx)
{
	return count(&hits);
}

SEC("?kprobe/do_exit") int wait_to_be_asked(void *ctx)
{
	return count(&misses);
}

SEC("?kprobe/do_exit") int wait_as_well(void *ctx)
{
	return 0;
}

char _license[] SEC("license") = "Proprietary";
