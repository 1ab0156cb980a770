/* In an agent's place: says which kernel this is and ends, so that one can see whether a kernel boots. */
#include <stdio.h>
#include <sys/utsname.h>

int main(void)
{
    struct utsname kernel;

    if (uname(&kernel) < 0)
        return 1;
    printf("%s\n%s\n%s\n", kernel.release, kernel.machine, kernel.version);
    return 0;
}
