/** The entry stubs of x86 as lists of steps. */
@NullMarked
package org.kernelentry.x86.entry;

import org.jspecify.annotations.NullMarked;
