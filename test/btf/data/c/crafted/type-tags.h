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

struct tags {
	int __attribute__((btf_type_tag("user"))) *a;
	int __attribute__((address_space(1))) *b;
	intconst  __attribute__((btf_type_tag("user"))) *c;
	const int __attribute__((btf_type_tag("user"))) *d;
	int * __attribute__((btf_type_tag("rcu"))) *e;
	int __attribute__((btf_type_tag("user"))) (*f)(const int __attribute__((btf_type_tag("user"))) *p);
	int g[2];
	int __attribute__((btf_type_tag("user"))) __attribute__((btf_type_tag("percpu"))) *h;
	void __attribute__((btf_type_tag("user"))) *i;
	int *const  __attribute__((btf_type_tag("rcu"))) j;
};

typedef int __attribute__((btf_type_tag("user"))) tagged_t;


/* BPF kfuncs */
#ifndef BPF_NO_KFUNC_PROTOTYPES
#endif

#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute pop
#endif

#endif /* __VMLINUX_H__ */
