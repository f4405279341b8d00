/* Structs of operations: made at once, as a link, and not by default. */
#include "bpf.h"

struct sock;

struct tcp_congestion_ops {
	u32 (*ssthresh)(struct sock *sk);
	void (*cong_avoid)(struct sock *sk, u32 ack, u32 acked);
	u32 (*undo_cwnd)(struct sock *sk);
	u32 flags;
	char name[16];
};

SEC("struct_ops/half") u32 half(u64 *context)
{
	return 2;
}

SEC("struct_ops/grow") void grow(u64 *context)
{
}

SEC("struct_ops/undo") u32 undo(u64 *context)
{
	return 3;
}

SEC(".struct_ops") struct tcp_congestion_ops registered_at_once = {
	.ssthresh = (void *)half,
	.cong_avoid = (void *)grow,
	.undo_cwnd = (void *)undo,
	.name = "bpflens_a",
};

SEC(".struct_ops.link") struct tcp_congestion_ops linked_first = {
	.ssthresh = (void *)half,
	.cong_avoid = (void *)grow,
	.undo_cwnd = (void *)undo,
	.name = "bpflens_b",
};

SEC(".struct_ops.link") struct tcp_congestion_ops linked_second = {
	.undo_cwnd = (void *)undo,
	.cong_avoid = (void *)grow,
	.ssthresh = (void *)half,
	.name = "bpflens_c",
};

SEC("?.struct_ops") struct tcp_congestion_ops on_request = {
	.ssthresh = (void *)half,
	.cong_avoid = (void *)grow,
	.undo_cwnd = (void *)undo,
	.name = "bpflens_d",
};

char _license[] SEC("license") = "GPL";
