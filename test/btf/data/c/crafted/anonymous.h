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

struct deep {
	union {
		struct {
			union {
				struct {
					union {
						struct {
							union {
								struct {
									union {
										struct {
											union {
												struct {
													union {
													struct {
													union {
													struct {
													int;
													} m1;
													} m2;
													};
													} m4;
												} m5;
											};
										} m7;
									} m8;
								};
							} m10;
						} m11;
					};
				} m13;
			} m14;
		};
	} bottom;
};

enum {
	UNUSED = 1,
};

typedef struct {
	enum {
		USED = 1,
	} e;
} named_by_typedef;

enum {
	RETURNED = 1,
};


/* BPF kfuncs */
#ifndef BPF_NO_KFUNC_PROTOTYPES
#endif

#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute pop
#endif

#endif /* __VMLINUX_H__ */
