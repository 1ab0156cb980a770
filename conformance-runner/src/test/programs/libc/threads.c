/* Threads: a mutex, a condition, thread-local variables, joining. */
#include <pthread.h>
#include <stdio.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turned = PTHREAD_COND_INITIALIZER;
static int total, turn;
static __thread int mine = 5;

static void *add(void *argument)
{
    int id = *(int *)argument;
    for (int i = 0; i < 1000; i++) {
        pthread_mutex_lock(&lock);
        total += id;
        pthread_mutex_unlock(&lock);
        mine++;
    }
    pthread_mutex_lock(&lock);
    while (turn != id)
        pthread_cond_wait(&turned, &lock);
    printf("thread %d has %d\n", id, mine);
    turn++;
    pthread_cond_broadcast(&turned);
    pthread_mutex_unlock(&lock);
    return argument;
}

int main(void)
{
    pthread_t threads[6];
    int ids[6];

    for (int i = 0; i < 6; i++) {
        ids[i] = i;
        if (pthread_create(&threads[i], NULL, add, &ids[i]))
            return 1;
    }
    for (int i = 0; i < 6; i++) {
        void *result;
        pthread_join(threads[i], &result);
        if (result != &ids[i])
            return 2;
    }
    printf("%d %d\n", total, mine);
    return 0;
}
