#ifndef __VMLINUX_H__
#define __VMLINUX_H__

#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)
#endif

#ifndef __ksym
#define __ksym __attribute__((section(".ksyms")))
#endif

#ifndef __weak
#define __weak __attribute__((weak))
#endif

#ifndef __bpf_fastcall
#if __has_attribute(bpf_fastcall)
#define __bpf_fastcall __attribute__((bpf_fastcall))
#else
#define __bpf_fastcall
#endif
#endif

struct same {
	int a;
};

struct same___2 {
	int b;
};

union same___3 {
	int c;
};

enum same___4 {
	same = 1,
	same___2 = 2,
};

struct same;

enum same;

enum same___5;

typedef int same___2;

enum {
	same___3 = 3,
	other = 4,
};

typedef same___2 same___4;

typedef same___4 other___2;

struct users {
	union same___3 *a;
	struct same___2 *b;
	struct same *c;
	struct same *d;
	same___4 e;
	same___2 f;
};


/* BPF kfuncs */
#ifndef BPF_NO_KFUNC_PROTOTYPES
#endif

#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute pop
#endif

#endif /* __VMLINUX_H__ */
