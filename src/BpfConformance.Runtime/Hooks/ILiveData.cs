using BpfConformance.Runtime.Execution;

namespace BpfConformance.Runtime.Hooks;

/// <summary>What a program is given at a place of its way, where it is not as TEST_RUN makes it.</summary>
public unsafe interface ILiveData
{
    /// <summary>Bytes before those that the program sees.</summary>
    int HiddenBytes { get; }

    /// <summary>Puts it into the machine on which a program is about to run: the bytes are there, and the context has been begun.</summary>
    void Show(Machine* m, bool isSkBuff);
}
