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

enum {
	C_CONSTANT = 0,
	AA_CONSTANT = 0,
};

enum {
	Z_CONSTANT = 0,
};

enum first_enum {
	F = 0ULL,
} __attribute__((mode(word)));

enum last_enum {
	L = 0,
};

typedef int of_int;

struct B {};

struct a {};

union a_union {
};

struct ab {};

struct aé {};

struct b {};

struct holder {
	enum {
		A = 0,
	} lost;
};

struct z_struct {
	int: 32;
};

typedef struct z_struct z_of_struct;

typedef z_of_struct a_of_struct;

typedef struct z_struct *of_structs[3];

typedef int (*of_function)(void);

typedef void of_void;

struct declared;

typedef struct declared of_declared;

struct forward;


/* BPF kfuncs */
#ifndef BPF_NO_KFUNC_PROTOTYPES
#endif

#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute pop
#endif

#endif /* __VMLINUX_H__ */
