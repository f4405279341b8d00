/*
 * Prints what bpf_image() of libpcap makes of instructions; record.sh runs it.
 *
 *   oracle opcodes | oracle all | oracle listing [be] FILE
 */
#include <arpa/inet.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>

struct operands {
	unsigned char jt, jf;
	unsigned int k;
	int pc;
};

static const struct operands OPERANDS[] = {
	{ 0, 0, 0, 0 },
	{ 1, 0, 14, 7 },
	{ 0, 255, 0x7fffffff, 999 },
	{ 255, 1, 0x80000000, 1000 },
	{ 3, 3, 0xffffffff, 12345 },
	{ 17, 4, 0xfffff000 + 8, 65535 },
};

static void print(unsigned int code, struct operands o)
{
	struct bpf_insn insn = { code, o.jt, o.jf, o.k };

	puts(bpf_image(&insn, o.pc));
}

/* Every code of a byte, and the names that loads have for what Linux knows about a packet. */
static int opcodes(void)
{
	for (unsigned int code = 0; code < 256; code++)
		print(code, (struct operands){ 3, 7, 0xfffffff0, 5 });
	/* Below, at and between the names, and behind the last. */
	for (unsigned int k = 0xfffff000 - 4; k < 0xfffff000 + 72; k += 1)
		print(0x20, (struct operands){ 0, 0, k, 5 });
	for (unsigned int k = 0xfffff000; k < 0xfffff000 + 64; k += 4) {
		print(0x28, (struct operands){ 0, 0, k, 5 });
		print(0x30, (struct operands){ 0, 0, k, 5 });
	}
	return 0;
}

/* Every code of 16 bits, six times; 4096 of them are 24576 lines. */
static int all(void)
{
	for (unsigned int code = 0; code < 65536; code++)
		for (size_t i = 0; i < sizeof(OPERANDS) / sizeof(OPERANDS[0]); i++)
			print(code, OPERANDS[i]);
	return 0;
}

/* An array of struct sock_filter. */
static int listing(const char *path, int big_endian)
{
	FILE *file = fopen(path, "rb");
	struct bpf_insn insn;

	if (!file)
		return 1;
	for (int pc = 0; fread(&insn, sizeof(insn), 1, file) == 1; pc++) {
		if (big_endian) {
			insn.code = ntohs(insn.code);
			insn.k = ntohl(insn.k);
		}
		puts(bpf_image(&insn, pc));
	}
	return fclose(file);
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "opcodes") == 0)
		return opcodes();
	if (argc == 2 && strcmp(argv[1], "all") == 0)
		return all();
	if (argc == 3 && strcmp(argv[1], "listing") == 0)
		return listing(argv[2], 0);
	if (argc == 4 && strcmp(argv[1], "listing") == 0 && strcmp(argv[2], "be") == 0)
		return listing(argv[3], 1);
	return 2;
}
