/* Maps of the time before BTF: structs of numbers in a section `maps`, of several sizes; types by a struct of a name. */
#include "bpf.h"

struct bpf_map_def {
	u32 type, key_size, value_size, max_entries, map_flags;
};

/* As loaders of their own had them: more fields, of which a common loader knows nothing. */
struct longer_map_def {
	struct bpf_map_def def;
	u32 id, pinning;
};

struct shorter_map_def {
	u32 type, key_size, value_size, max_entries;
};

struct pair {
	u32 a, b;
};

struct ____btf_map_typed {
	u32 key;
	struct pair value;
} ____btf_map_typed;

struct ____btf_map_mistyped {
	u64 key;
	struct pair value;
} ____btf_map_mistyped;

struct bpf_map_def plain SEC("maps") = { HASH, 4, 8, 100, 1 };
struct bpf_map_def typed SEC("maps") = { ARRAY_MAP, 4, sizeof(struct pair), 2 };
struct bpf_map_def mistyped SEC("maps") = { ARRAY_MAP, 4, sizeof(struct pair), 3 };
struct longer_map_def quiet SEC("maps") = { { PERCPU_ARRAY, 4, 8, 5 } };
struct longer_map_def talkative SEC("maps") = { { PROG_ARRAY, 4, 4, 6 }, 1, 2 };
struct shorter_map_def brief SEC("maps") = { LRU_HASH, 4, 4, 7 };

SEC("socket") int uses_one(void *context)
{
	u32 key = 0;

	return lookup(&typed, &key) != lookup(&plain, &key);
}

char _license[] SEC("license") = "GPL";
