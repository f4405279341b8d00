/* Maps of maps and of programs that are filled before they are used, and one that is pinned. */
#include "bpf.h"

struct inner {
	UINT(type, HASH);
	TYPE(key, u32);
	TYPE(value, u64);
	UINT(max_entries, 8);
};

struct inner first SEC(".maps"), second SEC(".maps"), third SEC(".maps");

int target_a(void *context), target_b(void *context);

struct {
	UINT(type, ARRAY_OF_MAPS);
	TYPE(key, u32);
	UINT(max_entries, 5);
	ARRAY(values, struct inner);
} by_index SEC(".maps") = { .values = { &first, [3] = &third } };

struct {
	UINT(type, HASH_OF_MAPS);
	UINT(key_size, 4);
	UINT(max_entries, 4);
	ARRAY(values, struct {
		UINT(type, HASH);
		TYPE(key, u32);
		TYPE(value, u64);
		UINT(max_entries, 8);
	});
} by_hash SEC(".maps") = { .values = { [1] = (void *)&second, [2] = (void *)&first } };

struct {
	UINT(type, ARRAY_OF_MAPS);
	TYPE(key, u32);
	UINT(max_entries, 2);
	ARRAY(values, struct inner);
} empty SEC(".maps");

struct {
	UINT(type, PROG_ARRAY);
	UINT(key_size, 4);
	UINT(max_entries, 4);
	ARRAY(values, int(void *));
} jumps SEC(".maps") = { .values = { [1] = (void *)&target_b, [2] = (void *)&target_a } };

struct {
	UINT(type, PROG_ARRAY);
	TYPE(key, u32);
	UINT(max_entries, 2);
	ARRAY(values, int(void *));
} typed_jumps SEC(".maps") = { .values = { (void *)&target_a } };

SEC("socket") int entry(void *context)
{
	u32 key = 0;

	return lookup(&by_index, &key) != lookup(&by_hash, &key);
}

SEC("socket") int target_a(void *context)
{
	return 1;
}

SEC("socket") int target_b(void *context)
{
	return 2;
}

char _license[] SEC("license") = "GPL";
