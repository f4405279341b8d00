/*
 * Programs with one of each thing that a loader has to resolve: subprograms, callbacks, data of every kind, settings,
 * functions and variables of the kernel, CO-RE relocations. Needs no header; the kernel takes it as it is.
 */
#define SEC(name) __attribute__((section(name)))
#define NOINLINE __attribute__((noinline))
#define WEAK __attribute__((weak))
#define RELOCATED __attribute__((preserve_access_index))

typedef unsigned int u32;
typedef unsigned long long u64;

static void *(*const lookup)(void *map, const void *key) = (void *)1;
static u64 (*const get_current_task)(void) = (void *)35;
static long (*const probe_read_kernel)(void *to, u32 size, const void *from) = (void *)113;
static long (*const for_each_map_elem)(void *map, void *callback, void *context, u64 flags) = (void *)164;
static long (*const loop)(u32 turns, void *callback, void *context, u64 flags) = (void *)181;

/* Types of the kernel, as far as they are needed. */
typedef struct {
	int counter;
} atomic_t;

struct mm_struct {
	union {
		struct {
			struct {
				atomic_t mm_count;
			};
			u64 *pgd;
		};
	};
} RELOCATED;

struct task_struct {
	int pid;
	int tgid;
	char comm[16];
	struct mm_struct *mm;
	struct task_struct *real_parent;
	unsigned int sched_reset_on_fork : 1;
	unsigned int no_cgroup_migration : 1;
} RELOCATED;

/* The kernel has no such field. */
struct task_struct___other {
	int never_there;
} RELOCATED;

struct list_head {
	struct list_head *next, *prev;
} RELOCATED;

struct pair {
	struct {
		int values[4];
	} halves[2];
};

typedef struct pair pair_t;

enum bpf_map_type {
	BPF_MAP_TYPE_HASH = 1,
	BPF_MAP_TYPE_ARRAY = 2,
};

struct {
	int (*type)[1];
	u32 *key;
	u64 *value;
	int (*max_entries)[16];
} counts SEC(".maps");

struct {
	int (*type)[2];
	u32 *key;
	u32 *value;
	int (*max_entries)[4];
} a_map_with_a_long_name SEC(".maps");

extern int CONFIG_HZ SEC(".kconfig");
extern _Bool CONFIG_NEVER_HEARD_OF SEC(".kconfig") WEAK;
extern const int no_such_variable SEC(".ksyms") WEAK;
extern const void schedule SEC(".ksyms");
extern const void never_heard_of SEC(".ksyms") WEAK;
extern void bpf_rcu_read_lock(void) SEC(".ksyms");
extern void bpf_rcu_read_unlock(void) SEC(".ksyms") WEAK;

const volatile u32 only_tgid = 0;
const volatile struct pair limits = {};
u32 turns = 7;
u64 seen[4] = { 1, 2, 3, 4 };
static volatile u64 total;
u64 found WEAK;
u32 apart SEC(".data.apart") = 5;

static NOINLINE u64 twice(u64 x)
{
	return x * 2 + total;
}

NOINLINE u64 shared(u64 x)
{
	total += x;
	return twice(x) + twice(x + 1);
}

static NOINLINE u64 deep(u64 x)
{
	return shared(x) ^ turns;
}

static long on_turn(u32 index, u64 *sum)
{
	*sum += twice(index);
	return 0;
}

static long on_entry(void *map, const u32 *key, u64 *value, u64 *sum)
{
	*sum += *value;
	return 0;
}

SEC("raw_tp/sys_enter") int calls(void *ctx)
{
	u64 sum = deep(turns);

	loop(3, on_turn, &sum, 0);
	for_each_map_elem(&counts, on_entry, &sum, 0);
	return (int)shared(sum);
}

SEC("raw_tp/sys_enter") int no_calls_but_a_long_name(void *ctx)
{
	u32 key = apart;
	u64 *value = lookup(&counts, &key);

	if (value)
		*value += seen[2] + limits.halves[1].values[2];
	if (lookup(&a_map_with_a_long_name, &key))
		found++;
	return only_tgid;
}

SEC("tp_btf/sched_switch") int of_the_kernel(u64 *ctx)
{
	u64 sum = CONFIG_HZ + CONFIG_NEVER_HEARD_OF;

	bpf_rcu_read_lock();
	bpf_rcu_read_unlock();
	sum += (u64)&schedule;
	if (&never_heard_of)
		sum++;
	return (int)(sum + (u64)&no_such_variable);
}

#define FIELD_INFO(field, kind) __builtin_preserve_field_info(field, kind)

SEC("raw_tp/sys_exit") int relocated(void *ctx)
{
	struct task_struct *task = (void *)get_current_task();
	struct task_struct___other *other = (void *)task;
	struct task_struct *parent = 0;
	struct mm_struct *mm = 0;
	u64 sum = 0;
	int pid = 0;
	char last = 0;

	probe_read_kernel(&pid, sizeof(pid), &task->pid);
	probe_read_kernel(&last, 1, &task->comm[15]);
	probe_read_kernel(&mm, sizeof(mm), &task->mm);
	probe_read_kernel(&sum, sizeof(sum), &mm->pgd);
	probe_read_kernel(&pid, sizeof(pid), &mm->mm_count.counter);
	probe_read_kernel(&parent, sizeof(parent), &task[1].real_parent);
	sum += FIELD_INFO(task->sched_reset_on_fork, 0);
	sum += FIELD_INFO(task->pid, 1);
	sum += FIELD_INFO(other->never_there, 2);
	sum += FIELD_INFO(task->tgid, 3);
	sum += FIELD_INFO(task->no_cgroup_migration, 4);
	sum += FIELD_INFO(task->no_cgroup_migration, 5);
	return (int)sum + pid + last;
}

SEC("raw_tp/sys_exit") int relocated_types(void *ctx)
{
	u64 sum = 0;

	sum += __builtin_btf_type_id(*(struct pair *)0, 0);
	sum += __builtin_btf_type_id(*(struct task_struct *)0, 1);
	sum += __builtin_preserve_type_info(*(pair_t *)0, 0);
	sum += __builtin_preserve_type_info(*(struct list_head *)0, 1);
	sum += __builtin_preserve_enum_value(*(enum bpf_map_type *)BPF_MAP_TYPE_ARRAY, 0);
	sum += __builtin_preserve_enum_value(*(enum bpf_map_type *)BPF_MAP_TYPE_HASH, 1);
	return (int)sum;
}

char _license[] SEC("license") = "Dual BSD/GPL";
