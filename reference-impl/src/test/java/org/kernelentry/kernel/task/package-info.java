/** Tests of tasks, scheduling and wait. */
@NullMarked
package org.kernelentry.kernel.task;

import org.jspecify.annotations.NullMarked;
