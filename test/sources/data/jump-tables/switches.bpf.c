/* Jump tables as clang 22 makes them: of switches, in programs and in a function that two of them call, and of labels. */
typedef unsigned int u32;
typedef unsigned long long u64;

#define SEC(name) __attribute__((section(name), used))

struct point {
	u64 x;
	u64 y;
};

struct {
	int (*type)[2]; /* array */
	u32 *key;
	u64 *value;
	int (*max_entries)[1];
} totals SEC(".maps");

static void *(*lookup)(void *map, const void *key) = (void *)1;

static __attribute__((noinline)) u64 mix(u64 x, u64 y)
{
	switch (x) {
	case 0: return y + 2;
	case 1: return y * 3;
	case 2: return y / 4;
	case 3: return y ^ 5;
	case 4: return y - 7;
	default: return 23;
	}
}

SEC("syscall")
int straight(struct point *point)
{
	return mix(point->x, point->y);
}

SEC("syscall")
int switches(struct point *point)
{
	u64 sum = mix(point->y, point->x);
	u32 zero = 0;
	u64 *total;

	switch (point->x) {
	case 0: sum += 2; break;
	case 1: sum *= 3; break;
	case 2: sum /= 4; break;
	case 3: sum ^= 5; break;
	case 4: sum -= 7; break;
	default: sum = 23;
	}
	total = lookup(&totals, &zero);
	return total ? *total + sum : sum;
}

SEC("syscall")
int labels(struct point *point)
{
	const void *near[] = { &&add, &&twice };
	const void *far[] = { &&times, &&end, &&add };
	int sum = 0;

	if (point->y > 3)
		goto *near[point->x & 1];
	else
		goto *far[point->x % 3];
add:
	sum++;
twice:
	sum += 2;
	if (point->y > 7)
		return sum;
times:
	sum *= point->y;
end:
	return sum;
}

char _license[] SEC("license") = "GPL";
