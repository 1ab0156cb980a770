package org.kernelentry.kernel.task;

/**
 * Why a blocking call of the harness task came back without a result: something no program can wait for.
 *
 * <p>Thrown only to the runner's own thread, out of {@link Scheduler#schedule} as called by the harness task. The kernel stays usable: the
 * runner may kill the guests and wait for them.
 */
public abstract sealed class GuestEvent extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private GuestEvent(final String message) {
        super(message);
    }

    /** Every task is asleep, no timer is armed and no interrupt is on its way. */
    public static final class GuestStuck extends GuestEvent {
        private static final long serialVersionUID = 1L;

        GuestStuck(final String message) {
            super(message);
        }
    }

    /** The guests used up the instructions the kernel was given ({@link Scheduler#setBudget}). */
    public static final class BudgetExceeded extends GuestEvent {
        private static final long serialVersionUID = 1L;

        BudgetExceeded(final String message) {
            super(message);
        }
    }
}
