/** What is particular to x86. */
@NullMarked
package org.kernelentry.x86;

import org.jspecify.annotations.NullMarked;
