/** The entry stubs of arm as lists of steps. */
@NullMarked
package org.kernelentry.arm.entry;

import org.jspecify.annotations.NullMarked;
