package org.kernelentry.x86.decode;

/** The part of the map 0F 38 that works on general registers. Source: Intel SDM volume 2, table A-4. */
final class ThreeByteMap {
    static final OpcodeMap MAP =
            new OpcodeMap().row(0xf0, "MOVBE Gv,M", Bits::movbe).row(0xf1, "MOVBE M,Gv", Bits::movbe);

    private ThreeByteMap() {}
}
