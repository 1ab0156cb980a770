/** What the assemblers of all architectures share. */
@NullMarked
package org.kernelentry.machine.asm;

import org.jspecify.annotations.NullMarked;
