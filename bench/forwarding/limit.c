/* The least that forwarding can cost: protect a packet under each viewer's key (libsrtp), hand it to
 * the kernel. Prints the microseconds of CPU that one packet took.  limit PACKETS VIEWERS */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* What is used of srtp.h, which only the development package has (libsrtp 2.5). */
typedef struct { int cipher_type, cipher_key_len, auth_type, auth_key_len, auth_tag_len, sec_serv; } crypto_policy;
typedef struct { int type; unsigned int value; } ssrc_type;
typedef struct policy {
    ssrc_type ssrc;
    crypto_policy rtp, rtcp;
    unsigned char *key;
    void *keys;
    unsigned long num_master_keys;
    void *deprecated_ekt;
    unsigned long window_size;
    int allow_repeat_tx;
    int *enc_xtn_hdr;
    int enc_xtn_hdr_count;
    struct policy *next;
} policy;
int srtp_init(void);
int srtp_create(void **session, const policy *policy);
int srtp_protect(void *session, void *packet, int *length);
int srtp_crypto_policy_set_from_profile_for_rtp(crypto_policy *policy, int profile);
int srtp_crypto_policy_set_from_profile_for_rtcp(crypto_policy *policy, int profile);
enum { AEAD_AES_128_GCM = 7, AES128_CM_SHA1_80 = 1, ANY_OUTBOUND = 3 };

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

int main(int argc, char **argv) {
    int packets = argc > 1 ? atoi(argv[1]) : 2000, viewers = argc > 2 ? atoi(argv[2]) : 100;
    void **sessions = calloc(viewers, sizeof *sessions);
    int *out = calloc(viewers, sizeof *out), *in = calloc(viewers, sizeof *in);
    struct sockaddr_in *to = calloc(viewers, sizeof *to);
    unsigned char key[64], plain[1500], packet[2048], sink[2048];
    double spent = 0;
    srtp_init();
    memset(plain, 7, sizeof plain);
    for (int i = 0; i < viewers; i++) {
        policy p = {0};
        for (int k = 0; k < 64; k++) key[k] = (unsigned char)(i + k);
        if (srtp_crypto_policy_set_from_profile_for_rtp(&p.rtp, AEAD_AES_128_GCM) ||
            srtp_crypto_policy_set_from_profile_for_rtcp(&p.rtcp, AEAD_AES_128_GCM)) return 2;
        p.ssrc.type = ANY_OUTBOUND, p.key = key, p.window_size = 1024, p.allow_repeat_tx = 1;
        if (srtp_create(&sessions[i], &p)) return 3;
        socklen_t size = sizeof to[i];
        out[i] = socket(AF_INET, SOCK_DGRAM, 0), in[i] = socket(AF_INET, SOCK_DGRAM, 0);
        to[i].sin_family = AF_INET, to[i].sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        bind(out[i], (struct sockaddr *)&to[i], size), bind(in[i], (struct sockaddr *)&to[i], size);
        getsockname(in[i], (struct sockaddr *)&to[i], &size);
    }
    for (int n = 0; n < packets; n++) {
        int length = n % 3 ? 1012 : 172; /* two packets of a picture to one of sound */
        uint32_t stamp = htonl(n * 3000), source = htonl(1);
        uint16_t number = htons((uint16_t)n);
        plain[0] = 0x80, plain[1] = 97;
        memcpy(plain + 2, &number, 2), memcpy(plain + 4, &stamp, 4), memcpy(plain + 8, &source, 4);
        double begun = now();
        for (int i = 0; i < viewers; i++) {
            int size = length;
            memcpy(packet, plain, length);
            if (srtp_protect(sessions[i], packet, &size)) return 4;
            sendto(out[i], packet, size, MSG_DONTWAIT, (struct sockaddr *)&to[i], sizeof to[i]);
        }
        spent += now() - begun;
        for (int i = 0; i < viewers; i++)
            while (recv(in[i], sink, sizeof sink, MSG_DONTWAIT) > 0) {}
    }
    printf("%.3f\n", spent / ((double)packets * viewers));
    return 0;
}
