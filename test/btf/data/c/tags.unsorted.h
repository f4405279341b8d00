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

struct task;

struct tagged;

typedef struct tagged __attribute__((btf_type_tag("user"))) *tagged_t;

struct tagged {
	int __attribute__((btf_type_tag("user"))) *a;
	const char __attribute__((btf_type_tag("user"))) *b;
	char __attribute__((btf_type_tag("user"))) *c;
	int __attribute__((btf_type_tag("user"))) * __attribute__((btf_type_tag("rcu"))) *d;
	struct task __attribute__((btf_type_tag("rcu"))) *e;
	const struct task * const f;
	int (*g)(int);
	int *h[2];
	const void __attribute__((btf_type_tag("user"))) *i;
};


/* BPF kfuncs */
#ifndef BPF_NO_KFUNC_PROTOTYPES
extern __bpf_fastcall void *alpha(int (*callback)(void *), void *context) __weak __ksym;
extern void mid(void) __weak __ksym;
extern int zeta(struct task *p, tagged_t t) __weak __ksym;
#endif

#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute pop
#endif

#endif /* __VMLINUX_H__ */
