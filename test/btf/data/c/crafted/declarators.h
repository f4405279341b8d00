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

typedef int (*t0)(const int *format, ...);

typedef void (**t1)(int, int *, int[2][3], int(*)[2][3]);

typedef void (*t2[5])(void);

typedef int (* (*t3)(struct {
	int x;
} *s))(const int *format, ...);

typedef int *t4[4];

typedef int *(*t5)[4];

typedef int * volatile * const restrict t6;

typedef volatile const int t7;

typedef int (*t8[7])[2][3];

typedef int (* (*(*(*t9)[9])[8])(struct {
	int x;
} *s))(const int *format, ...);

typedef void function(void);

typedef void nothing;

struct unnamed {
	int *;
	int[2];
	int(*)[2][3];
};


/* BPF kfuncs */
#ifndef BPF_NO_KFUNC_PROTOTYPES
#endif

#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute pop
#endif

#endif /* __VMLINUX_H__ */
