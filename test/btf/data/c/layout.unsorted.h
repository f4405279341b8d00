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

struct packed_int {
	char c;
	int i;
} __attribute__((packed));

struct packed_tail {
	long l;
	char c;
} __attribute__((packed));

struct packed_aligned {
	char c;
	int i;
	short s;
	long: 0;
} __attribute__((packed));

struct natural {
	char c;
	int i;
	short s;
	long l;
};

struct has_packed {
	char c;
	struct packed_int p;
	int i;
};

struct aligned_member {
	int a;
	long: 64;
	int b;
	long: 64;
};

struct aligned_struct {
	int a;
	long: 64;
	long: 64;
	long: 64;
};

struct cache_lines {
	int hot;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	int cold;
	char last;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
};

struct large_hole {
	char c;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	char d;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
};

struct bits {
	int a: 3;
	int b: 5;
	unsigned int c: 24;
};

struct bits_gap {
	int a: 3;
	char: 5;
	int b: 7;
	int: 17;
	int c: 2;
};

struct bits_long {
	long a: 33;
	int b: 3;
	long: 28;
	long c: 40;
};

struct bits_then_char {
	int a: 3;
	char b;
	int c: 9;
	short d;
};

struct bits_aligned {
	int a: 3;
	long: 61;
	int b: 3;
	long: 0;
};

struct bits_packed {
	char c;
	int a: 17;
	int b: 9;
	short s;
} __attribute__((packed));

struct bool_bits {
	_Bool a: 1;
	_Bool b: 1;
	unsigned char c: 6;
	_Bool d;
};

struct empty {};

struct with_empty {
	struct empty e;
	int i;
};

union mixed {
	char c;
	struct {
		int a: 4;
		int b;
	} s;
	long l[3];
};

union packed_union {
	char c;
	int i;
};

struct anonymous {
	int kind;
	union {
		struct {
			int a;
			long b;
		};
		struct {
			char c[12];
		} named;
	};
	enum {
		ONE = 0,
		TWO = 1,
	} e;
};

struct flexible;

struct use {
	struct packed_int a;
	struct packed_tail b;
	struct packed_aligned c;
	struct natural d;
	struct has_packed e;
	long: 0;
	struct aligned_member f;
	struct aligned_struct g;
	struct cache_lines h;
	struct large_hole i;
	struct bits j;
	struct bits_gap k;
	struct bits_long l;
	struct bits_then_char m;
	struct bits_aligned n;
	struct bits_packed o;
	struct bool_bits p;
	struct empty q;
	struct with_empty r;
	struct flexible *s;
	union mixed t;
	union packed_union u;
	struct anonymous v;
	__int128 w;
	long double *x;
	float y;
	double z;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
	long: 64;
};

struct flexible {
	int count;
	struct {
		int a;
		char b;
	} items[0];
};


/* BPF kfuncs */
#ifndef BPF_NO_KFUNC_PROTOTYPES
#endif

#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute pop
#endif

#endif /* __VMLINUX_H__ */
