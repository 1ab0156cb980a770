/** The entry stubs of arm64 as lists of steps. */
@NullMarked
package org.kernelentry.arm64.entry;

import org.jspecify.annotations.NullMarked;
