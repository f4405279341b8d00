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

enum byte {
	B = 200,
} __attribute__((mode(byte)));

enum signed_byte {
	SB = -1,
} __attribute__((mode(byte)));

enum half {
	H = 1,
};

enum word {
	W = 4294967295,
} __attribute__((mode(word)));

enum small64 {
	S0 = 0ULL,
	S1 = 4294967295ULL,
} __attribute__((mode(word)));

enum large64 {
	L0 = 0ULL,
	L1 = 9223372036854775808ULL,
};

enum negative64 {
	N0 = -1LL,
	N1 = -9223372036854775808LL,
};

enum byte64 {
	B64 = 7ULL,
} __attribute__((mode(byte)));

enum declared;

enum declared64;

enum;

struct holder {
	enum {
		I0 = 0,
		I1 = 1,
	} __attribute__((mode(byte))) named;
	enum {
		I0___2 = 0,
		I1___2 = 1,
	} __attribute__((mode(byte)));
};


/* BPF kfuncs */
#ifndef BPF_NO_KFUNC_PROTOTYPES
#endif

#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute pop
#endif

#endif /* __VMLINUX_H__ */
