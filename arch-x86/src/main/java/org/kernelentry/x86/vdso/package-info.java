/** The images the kernel maps into every program. */
@NullMarked
package org.kernelentry.x86.vdso;

import org.jspecify.annotations.NullMarked;
