/* Symbols and relocations of processors. */
extern int elsewhere(const char *text);
extern int maybe(void) __attribute__((weak));

static int counter;
int common_one;
const char *const words[] = { "one", "two" };
const char *second_word = &"word"[2];
__attribute__((visibility("hidden"))) int hidden_one[4] = { 1 };
__attribute__((visibility("protected"))) int protected_one(void) { return hidden_one[2]; }

static __attribute__((noinline)) int count(int by)
{
	return counter += by;
}

int _start(int which)
{
	if (maybe)
		which += maybe();
	return elsewhere(words[which & 1]) + count(which) + common_one;
}
