/* Maps in .maps: each type that a loader may create without more, each attribute, and what the kernel does to them. */
#include "bpf.h"

struct flow {
	u32 from, to;
	u16 ports[2];
	u8 protocol;
};

struct counters {
	u64 packets, bytes;
};

struct prefix {
	u32 bits;
	u8 address[4];
};

struct cgroup_key {
	u64 inode;
	u32 attach_type;
};

typedef struct counters stats_t;
typedef const volatile u32 index_t;

#define MAP(name, ...) \
	struct { __VA_ARGS__ } name SEC(".maps")

/* Plain ones: key and value by type, by size, by both. */
MAP(flows, UINT(type, HASH); TYPE(key, struct flow); TYPE(value, stats_t); UINT(max_entries, 1024););
MAP(by_size, UINT(type, HASH); UINT(key_size, 5); UINT(value_size, 12); UINT(max_entries, 7););
MAP(by_both, UINT(type, LRU_HASH); UINT(key_size, 4); TYPE(key, u32); TYPE(value, u64); UINT(value_size, 8);
    UINT(max_entries, 3););
MAP(a_name_that_the_kernel_cuts, UINT(type, PERCPU_HASH); TYPE(key, u64); TYPE(value, u64); UINT(max_entries, 10););
MAP(slots, UINT(type, ARRAY_MAP); TYPE(key, index_t); TYPE(value, struct counters); UINT(max_entries, 4););
MAP(per_cpu, UINT(type, PERCPU_ARRAY); TYPE(key, int); TYPE(value, u8[5]); UINT(max_entries, 2););
MAP(per_cpu_lru, UINT(type, LRU_PERCPU_HASH); TYPE(key, u16); TYPE(value, u64); UINT(max_entries, 64););
MAP(routes, UINT(type, LPM_TRIE); TYPE(key, struct prefix); TYPE(value, u32); UINT(max_entries, 16);
    UINT(map_flags, 1););

/* Flags, NUMA node, extra. 0x410 is mmapable and write-only from user space, 0x5 no_prealloc and numa_node. */
MAP(flagged, UINT(type, ARRAY_MAP); TYPE(key, u32); TYPE(value, u64); UINT(max_entries, 1); UINT(map_flags, 0x410););
MAP(on_node, UINT(type, HASH); TYPE(key, u32); TYPE(value, u64); UINT(max_entries, 8); UINT(map_flags, 0x5);
    UINT(numa_node, 0););
MAP(bloom, UINT(type, BLOOM_FILTER); TYPE(value, u32); UINT(max_entries, 100); ULONG(map_extra, 3););
MAP(paged, UINT(type, ARENA); UINT(map_flags, 0x400); UINT(max_entries, 10); ULONG(map_extra, 0x40000000););

/* Variables of the arena. */
u64 paged_total SEC(".addr_space.1") = 5;
u32 paged_flags[3] SEC(".addr_space.1") = { 1, 2 };

/* Types that the kernel does not take for these: the map has none at all. */
MAP(value_only, UINT(type, ARRAY_MAP); UINT(key_size, 4); TYPE(value, u64); UINT(max_entries, 2););
MAP(hash_value_only, UINT(type, HASH); UINT(key_size, 4); TYPE(value, u64); UINT(max_entries, 2););
MAP(key_only, UINT(type, HASH); TYPE(key, u32); UINT(value_size, 4); UINT(max_entries, 2););
MAP(struct_key, UINT(type, ARRAY_MAP); TYPE(key, struct { u32 index; }); TYPE(value, u64); UINT(max_entries, 2););
MAP(enum_key, UINT(type, PERCPU_ARRAY); TYPE(key, enum { FIRST, SECOND }); TYPE(value, u64); UINT(max_entries, 2););
MAP(int_trie, UINT(type, LPM_TRIE); TYPE(key, u64); TYPE(value, u32); UINT(max_entries, 16); UINT(map_flags, 1););
MAP(bloom_key, UINT(type, BLOOM_FILTER); UINT(key_size, 0); TYPE(value, u32); UINT(max_entries, 9););
MAP(storage_key, UINT(type, SK_STORAGE); UINT(map_flags, 1); TYPE(key, int); TYPE(value, u64););
MAP(odd_storage, UINT(type, TASK_STORAGE); UINT(map_flags, 1); TYPE(key, u32); TYPE(value, struct counters););

/* Types that have no key or value types by rule. */
MAP(events, UINT(type, PERF_EVENT_ARRAY); TYPE(key, u32); TYPE(value, u32););
MAP(few_events, UINT(type, PERF_EVENT_ARRAY); UINT(key_size, 4); UINT(value_size, 4); UINT(max_entries, 1););
MAP(cgroups, UINT(type, CGROUP_ARRAY); TYPE(key, u32); TYPE(value, u32); UINT(max_entries, 2););
MAP(stacks, UINT(type, STACK_TRACE); TYPE(key, u32); TYPE(value, u64[20]); UINT(max_entries, 32););
MAP(devices, UINT(type, DEVMAP); TYPE(key, u32); TYPE(value, u32); UINT(max_entries, 2););
MAP(devices_by_key, UINT(type, DEVMAP_HASH); TYPE(key, u32); TYPE(value, u32); UINT(max_entries, 2););
MAP(cpus, UINT(type, CPUMAP); TYPE(key, u32); TYPE(value, u32); UINT(max_entries, 2););
MAP(sockets, UINT(type, XSKMAP); TYPE(key, u32); TYPE(value, u32); UINT(max_entries, 2););
MAP(socks, UINT(type, SOCKMAP); TYPE(key, u32); TYPE(value, u64); UINT(max_entries, 2););
MAP(socks_by_key, UINT(type, SOCKHASH); TYPE(key, u32); TYPE(value, u64); UINT(max_entries, 2););
MAP(line, UINT(type, QUEUE); TYPE(value, u32); UINT(max_entries, 5););
MAP(pile, UINT(type, STACK); TYPE(value, u32); UINT(max_entries, 5););

/* The rest. Rings come in pages by powers of two; the second is rounded up. */
MAP(ring, UINT(type, RINGBUF); UINT(max_entries, 8192););
MAP(odd_ring, UINT(type, RINGBUF); UINT(max_entries, 8193););
MAP(user_ring, UINT(type, USER_RINGBUF); UINT(max_entries, 1););
MAP(ports, UINT(type, REUSEPORT_SOCKARRAY); TYPE(key, u32); TYPE(value, u64); UINT(max_entries, 2););
MAP(jumps, UINT(type, PROG_ARRAY); TYPE(key, u32); TYPE(value, u32); UINT(max_entries, 3););
MAP(by_cgroup, UINT(type, CGROUP_STORAGE); TYPE(key, struct cgroup_key); TYPE(value, u64););
MAP(by_cgroup_id, UINT(type, CGROUP_STORAGE); TYPE(key, u64); TYPE(value, u64););
MAP(by_cgroup_cpu, UINT(type, PERCPU_CGROUP_STORAGE); TYPE(key, u64); TYPE(value, u64););
MAP(by_inode, UINT(type, INODE_STORAGE); UINT(map_flags, 1); TYPE(key, int); TYPE(value, u64););
MAP(by_cgrp, UINT(type, CGRP_STORAGE); UINT(map_flags, 1); TYPE(key, int); TYPE(value, u64););

SEC("socket") int uses_one(void *context)
{
	u32 key = 0;

	return lookup(&slots, &key) != 0;
}

char _license[] SEC("license") = "GPL";
