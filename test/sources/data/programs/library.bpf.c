/* Functions for programs of other objects. */
#define NOINLINE __attribute__((noinline))

int base = 5;
static int asked;

static NOINLINE int square(int x)
{
	asked++;
	return x * x;
}

int score(int x)
{
	return square(x) + square(base);
}
