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

typedef unsigned char __Poly8_t;

struct has__Poly8_t {
	__Poly8_t p;
};

typedef unsigned short __Poly16_t;

struct has__Poly16_t {
	__Poly16_t p;
};

typedef unsigned long long __Poly64_t;

struct has__Poly64_t {
	__Poly64_t p;
};

typedef unsigned __int128 __Poly128_t;

struct has__Poly128_t {
	__Poly128_t p;
};

struct __va_list {
	int stack;
};

typedef __builtin_va_list __gnuc_va_list;

typedef __builtin_va_list va_list;

struct uses {
	__builtin_va_list list;
};

typedef float single;

typedef void byteé;


/* BPF kfuncs */
#ifndef BPF_NO_KFUNC_PROTOTYPES
#endif

#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute pop
#endif

#endif /* __VMLINUX_H__ */
