/** The assembler of arm for the guest notation. */
@NullMarked
package org.kernelentry.arm.asm;

import org.jspecify.annotations.NullMarked;
