/* What the objects here need: attributes, and the ways to write down a map. No other header. */
#define SEC(name) __attribute__((section(name)))
#define HIDDEN __attribute__((visibility("hidden")))
#define WEAK __attribute__((weak))
#define USED __attribute__((used))
#define NOINLINE __attribute__((noinline))

#define UINT(name, value) int (*name)[value]
#define TYPE(name, ...) __typeof__(__VA_ARGS__) *name
#define ARRAY(name, ...) __typeof__(__VA_ARGS__) *name[]
#define JOIN(a, b) a##b
#define UNIQUE(a, b) JOIN(a, b)
#define ULONG(name, value) enum { UNIQUE(unique_, __COUNTER__) = value } name

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;

enum {
	HASH = 1,
	ARRAY_MAP = 2,
	PROG_ARRAY = 3,
	PERF_EVENT_ARRAY = 4,
	PERCPU_HASH = 5,
	PERCPU_ARRAY = 6,
	STACK_TRACE = 7,
	CGROUP_ARRAY = 8,
	LRU_HASH = 9,
	LRU_PERCPU_HASH = 10,
	LPM_TRIE = 11,
	ARRAY_OF_MAPS = 12,
	HASH_OF_MAPS = 13,
	DEVMAP = 14,
	SOCKMAP = 15,
	CPUMAP = 16,
	XSKMAP = 17,
	SOCKHASH = 18,
	CGROUP_STORAGE = 19,
	REUSEPORT_SOCKARRAY = 20,
	PERCPU_CGROUP_STORAGE = 21,
	QUEUE = 22,
	STACK = 23,
	SK_STORAGE = 24,
	DEVMAP_HASH = 25,
	RINGBUF = 27,
	INODE_STORAGE = 28,
	TASK_STORAGE = 29,
	BLOOM_FILTER = 30,
	USER_RINGBUF = 31,
	CGRP_STORAGE = 32,
	ARENA = 33,
};

static void *(*const lookup)(void *map, const void *key) = (void *)1;
