/** The assembler of x86 for the guest notation. */
@NullMarked
package org.kernelentry.x86.asm;

import org.jspecify.annotations.NullMarked;
