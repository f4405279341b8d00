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

struct hole {
	char a;
	long: 32;
	long: 32;
	char b;
	long: 0;
};

struct small_hole {
	char a;
	short: 0;
	char: 8;
	char b;
};

struct end {
	void *a;
	long: 32;
	char b;
	long: 32;
	long: 32;
	long: 32;
};

struct between_bits {
	int a: 3;
	long: 29;
	char: 8;
	int b: 3;
};

struct between_bits_of_a_byte {
	char a: 1;
	char: 4;
	char b: 2;
	char: 1;
	char: 5;
	char c: 3;
	long: 0;
};

struct bits_then_int {
	int a: 3;
	int b;
};

struct bits_then_char {
	int a: 3;
	long: 0;
	char b;
};

struct bits_at_odd_place {
	char: 3;
	short a: 9;
	short: 4;
	char: 4;
	long unsigned int b: 12;
	long: 32;
};

struct packed_with_hole {
	char a;
	short: 0;
	char: 8;
	int b;
	short: 16;
	short c;
	char: 8;
} __attribute__((packed));

struct size_only {
	long: 32;
	long: 32;
	long: 32;
};

struct array_of_none {
	long unsigned int a[0];
	int b;
};

union larger {
	char a;
};

enum word {
	WORD = 1,
};


/* BPF kfuncs */
#ifndef BPF_NO_KFUNC_PROTOTYPES
#endif

#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute pop
#endif

#endif /* __VMLINUX_H__ */
