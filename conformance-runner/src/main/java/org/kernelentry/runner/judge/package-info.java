/** Judging: expected against seen, and what is excused with a reason. */
@NullMarked
package org.kernelentry.runner.judge;

import org.jspecify.annotations.NullMarked;
