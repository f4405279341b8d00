/* Data sections of all kinds, externs of .kconfig: what becomes an array map of one entry. */
#include "bpf.h"

enum libbpf_tristate { TRI_NO, TRI_YES, TRI_MODULE };

struct settings {
	u8 level;
	u32 limit;
	char label[6];
};

/* .rodata */
const volatile struct settings defaults = { 3, 0x11223344, "base" };
const volatile u8 odd = 0x7f;
static const volatile u64 secret = 0x0102030405060708;

/* .data, with one that user space does not see */
u32 seed = 7;
struct settings current = { 1, 2, "now" };
HIDDEN u16 salt = 0xabcd;
static volatile u64 ticks = 9;

/* .bss */
u64 total;
static volatile u32 calls;
WEAK u8 maybe[3];

/* Sections of the user's own; no static variable and no hidden one is for user space. */
static volatile u32 kept SEC(".data.kept") = 5;
HIDDEN u32 shy SEC(".data.shy") = 6;
u32 shared_by_all SEC(".data.a_section_with_a_long_name") = 8;
const volatile u64 table[3] SEC(".rodata.table") = { 1, 2, 3 };
u32 blank[4] SEC(".bss.blank");

/* Externs: larger alignment first, then smaller size, then by name. */
extern u32 LINUX_KERNEL_VERSION SEC(".kconfig");
extern u64 CONFIG_BIG SEC(".kconfig") WEAK;
extern u64 CONFIG_ANOTHER SEC(".kconfig") WEAK;
extern _Bool CONFIG_FLAG SEC(".kconfig") WEAK;
extern enum libbpf_tristate CONFIG_TRI SEC(".kconfig") WEAK;
extern char CONFIG_TEXT[10] SEC(".kconfig") WEAK;
extern u16 CONFIG_SHORT SEC(".kconfig") WEAK;
extern const char CONFIG_CHAR SEC(".kconfig") WEAK;

static NOINLINE int count(u32 by)
{
	calls += by;
	ticks++;
	return calls;
}

SEC("socket") int touches_all(void *context)
{
	total += count(seed) + defaults.limit + odd + secret + current.limit + salt + maybe[1];
	kept += shy + shared_by_all + table[1] + blank[2];
	total += LINUX_KERNEL_VERSION + CONFIG_BIG + CONFIG_ANOTHER + CONFIG_FLAG + CONFIG_TRI;
	total += CONFIG_TEXT[2] + CONFIG_SHORT + CONFIG_CHAR;
	return (int)total;
}

char _license[] SEC("license") = "GPL";
